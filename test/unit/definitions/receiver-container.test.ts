import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { RECEIVER_BUNDLE } from '../../../local/package/bundle.ts';

const folder = resolve(import.meta.dirname, '../../../containers/heartbeat-receiver');
const read = (file: string): string => readFileSync(resolve(folder, file), 'utf8');
const dockerfile = read('Dockerfile').replaceAll('\\\n', ' ').split('\n');
const instructions = (name: string) =>
  dockerfile.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1).trim());

const task = z
  .looseObject({
    Properties: z.looseObject({
      ContainerDefinitions: z.tuple([
        z.looseObject({
          User: z.string(),
          PortMappings: z.array(z.object({ ContainerPort: z.number(), Protocol: z.string() })),
        }),
      ]),
    }),
  })
  .parse(parse(read('resources.yml')).fargate.Resources.ReceiverTask).Properties.ContainerDefinitions[0];

test('the image holds the one file that is bundled, and sees no other', () => {
  expect(instructions('COPY')).toEqual([`--chmod=0444 ${RECEIVER_BUNDLE} ./`]);
  expect(read('Dockerfile.dockerignore').trim().split('\n')).toEqual(['*', `!${RECEIVER_BUNDLE}`]);
});

test('its base has a tag, it does not run as root, and it is asked how it is', () => {
  expect(instructions('FROM')[0]).toMatch(/:\d+-/);
  expect(instructions('USER')).toEqual([task.User]);
  expect(task.User).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  expect(instructions('HEALTHCHECK')).toHaveLength(1);
});

test('commands are lists, so that it gets its signals itself', () => {
  expect(instructions('ENTRYPOINT')[0]).toMatch(/^\["node"/);
  expect(instructions('CMD')).toEqual([]);
});

test('image and task have the same ports', () => {
  const ports = task.PortMappings.map(({ ContainerPort, Protocol }) => `${ContainerPort}/${Protocol}`);
  expect(instructions('EXPOSE')[0]?.split(' ')).toEqual(ports);
});
