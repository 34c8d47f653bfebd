// `?url` and `?raw` imports: the model, its keys and the fonts are served by Vite.
/// <reference types="vite/client" />
