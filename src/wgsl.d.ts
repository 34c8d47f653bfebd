// Shader files are imported as text; the build inlines them (see wgsl.plugin.ts).
declare module '*.wgsl' {
  const source: string;
  export default source;
}
