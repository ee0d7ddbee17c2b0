import * as z from 'zod';
import { isJsonObject, type Json } from '../../json.ts';

/** The account and region are placeholders: only the function's key matters here. */
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:';

const getAtt = z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) });

/** An ARN that names the function, the same wherever definitions are compared. */
export const functionArn = (key: string): string => `${FUNCTION_ARN}${key}`;

/** The function's key out of a task's resource, or null. */
export const functionOf = (resource: string): string | null =>
  resource.startsWith(FUNCTION_ARN) ? resource.slice(FUNCTION_ARN.length) : null;

/** A definition with each `Fn::GetAtt: [<function>, Arn]` replaced by an ARN that names the function. */
export const withFunctionArns = (value: Json): Json => {
  const reference = getAtt.safeParse(value);
  if (reference.success) return functionArn(reference.data['Fn::GetAtt'][0]);
  if (Array.isArray(value)) return value.map(withFunctionArns);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withFunctionArns(item)]));
};
