// `?url` imports: the model and the runtime's WebAssembly are served by Vite.
/// <reference types="vite/client" />
