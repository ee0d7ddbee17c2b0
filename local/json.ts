/** What JSON.parse can answer. */
export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isJsonObject = (value: Json | undefined): value is JsonObject => isObject(value);

/** The value as JSON, parsed: undefined becomes null, as it does when a function answers nothing. */
export const toJson = (value: unknown): Json => {
  const text = JSON.stringify(value);
  if (text === undefined) return null;
  const parsed: Json = JSON.parse(text);
  return parsed;
};

export const parseJson = (text: string): Json => {
  const parsed: Json = JSON.parse(text);
  return parsed;
};
