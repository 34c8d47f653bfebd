// Shader files are imported as text; the build inlines them (see build/wgsl.ts).
declare module '*.wgsl' {
  const source: string;
  export default source;
}
