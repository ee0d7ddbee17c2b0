import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';
import type { ApiEvent, HttpAnswer } from '../request/request.ts';

/** A middleware of the API's stack. */
export type ApiMiddleware = MiddlewareObj<ApiEvent, HttpAnswer, Error, Context>;
