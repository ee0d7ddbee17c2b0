/** The service file, or a file it includes, cannot be read or does not say what it must. */
export class ServiceFileError extends Error {
  override readonly name = 'ServiceFileError';
}
