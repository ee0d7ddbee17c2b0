/** What the worker asks of an image service. */
export interface ImageDriver {
  /**
   * The newest active image with the tag, of the owner when one is given.
   * @throws ImageNotFoundError none carries the tag
   */
  findImageByTag(tag: string, ownerId: string | null): Promise<string>;
}
