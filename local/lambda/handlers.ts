import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isObject } from '../json.ts';

/** A handler as Lambda calls it. */
export type Handler = (event: unknown, context: LambdaContext) => unknown;

/** The parts of Lambda's context object the stack offers. */
export interface LambdaContext {
  readonly functionName: string;
  readonly functionVersion: string;
  readonly invokedFunctionArn: string;
  readonly memoryLimitInMB: string;
  readonly awsRequestId: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  callbackWaitsForEmptyEventLoop: boolean;
  getRemainingTimeInMillis(): number;
}

const failure = (name: string, message: string): Error => Object.assign(new Error(message), { name });

const isHandler = (value: unknown): value is Handler => typeof value === 'function';

/** `dist/functions/compute/compute-create.handler` is `functions/compute/compute-create.ts` and its export `handler`. */
export const sourceOf = (handler: string): { readonly file: string; readonly name: string } => {
  const dot = handler.lastIndexOf('.');
  return { file: `${handler.slice(0, dot).replace(/^dist\//, '')}.ts`, name: handler.slice(dot + 1) };
};

/**
 * Imports the source of a handler. Fails as Lambda's runtime does: `Runtime.ImportModuleError` when there is no such
 * file, `Runtime.HandlerNotFound` when it exports no such function, or with what the module itself threw.
 */
export const importHandler = async (folder: string, handler: string): Promise<Handler> => {
  const { file, name } = sourceOf(handler);
  const path = resolve(folder, file);
  try {
    await access(path);
  } catch {
    throw failure('Runtime.ImportModuleError', `There is no ${file} for the handler ${handler}.`);
  }
  const module: unknown = await import(/* @vite-ignore */ pathToFileURL(path).href);
  const found = isObject(module) ? module[name] : undefined;
  if (!isHandler(found)) throw failure('Runtime.HandlerNotFound', `${file} exports no function "${name}".`);
  return found;
};
