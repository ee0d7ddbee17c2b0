/**
 * serverless-step-functions asks for its HTTP endpoints after each deployment, by a method that osls 4 has no more: the
 * deployment was done and ended as failed. There are no such endpoints, so the answer is none. Versions of the plugin
 * without the fault need Node 22 (decision 0036).
 */
export default class NoEndpoints {
  constructor(serverless) {
    serverless.getProvider('aws').request = async () => null;
  }
}
