/** Loaded into the stack's process: answers each message of its parent with its memory in bytes, once garbage is collected. */
process.on('message', () => {
  globalThis.gc?.();
  globalThis.gc?.();
  process.send?.(process.memoryUsage());
});
