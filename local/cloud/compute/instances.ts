/** What Nova asks of the part that runs the insides of its servers. */
export interface Instances {
  /** Puts files into a server that is not yet running: path in the server to content. */
  install(serverId: string, files: ReadonlyMap<string, Buffer>): void;
  /** Starts what runs in the server. @throws when it cannot */
  boot(serverId: string): Promise<void>;
  /** Ends what runs in the server and removes its files. */
  destroy(serverId: string): Promise<void>;
}
