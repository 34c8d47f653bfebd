/**
 * Where a shader is wrong, and the line of its source; undefined if the compiler has nothing to say
 * against it.
 */
export async function compilationError(
  module: GPUShaderModule,
  code: string,
): Promise<string | undefined> {
  const { messages } = await module.getCompilationInfo();
  const error = messages.find(({ type }) => type === 'error');
  if (!error) return undefined;
  const { lineNum, linePos, message } = error;
  const source = code.split('\n')[lineNum - 1];
  const at = `line ${lineNum}, column ${linePos}: ${message}`;
  return source === undefined ? at : `${at}\n  ${source.trim()}`;
}
