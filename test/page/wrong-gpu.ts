/** Where it is imported, the GPU gets one bit wrong in everything that is read back. */
const getMappedRange = GPUBuffer.prototype.getMappedRange;
GPUBuffer.prototype.getMappedRange = function (...range) {
  const bytes = getMappedRange.apply(this, range);
  // Timestamps are read back too.
  if (this.usage & GPUBufferUsage.MAP_READ && bytes.byteLength > 16) {
    const words = new Uint32Array(bytes);
    // After the guard words of the verification.
    words[words.length > 128 ? 64 : 1]! ^= 1 << 20;
  }
  return bytes;
};

export {};
