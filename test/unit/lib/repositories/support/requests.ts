import { documents } from '../../../../../lib/repositories/table/client.ts';

const NAME = 'requestsUnderTest';

/** Lets every request to the table pass through `around`, until the answered function is called. */
export const interceptRequests = (
  around: (input: string, send: () => Promise<void>) => Promise<void>,
): (() => void) => {
  const stack = documents().middlewareStack;
  stack.add(
    (next) => async (args) => {
      let answer: Awaited<ReturnType<typeof next>> | undefined;
      await around(JSON.stringify(args.input), async () => {
        answer = await next(args);
      });
      if (answer === undefined) throw new Error('the request was held back for good');
      return answer;
    },
    { step: 'initialize', name: NAME, override: true },
  );
  return () => {
    stack.remove(NAME);
  };
};

/** Runs `work` while every request whose input holds `text` fails, as if the process died there. */
export const dyingAt = async (text: string, work: () => Promise<unknown>): Promise<void> => {
  let died = false;
  const stop = interceptRequests(async (input, send) => {
    if (input.includes(text)) {
      died = true;
      throw new Error('died');
    }
    await send();
  });
  try {
    await work();
    if (!died) throw new Error(`nothing asked for ${text}`);
  } catch (error) {
    if (!(error instanceof Error) || error.message !== 'died') throw error;
  } finally {
    stop();
  }
};
