import { describe, expect, it } from 'vitest';
import { chooseOperation, hasFailed } from '../../../../cli/explain/choose-operation.ts';
import { listener, loadBalancer, operation, step } from './explain.ts';

const fine = operation({ id: 'fine' });
const failed = operation({ id: 'failed', status: 'FAILED', error_name: 'ComputeBuildError' });
const lost = operation({ id: 'lost', status: 'SUPERSEDED', error_name: 'ExecutionLost' });
const running = operation({ id: 'running', status: 'RUNNING' });
const refused = operation({ id: 'refused', status: 'FAILED', error_objects: [{ type: 'listener', id: 'l1' }] });

describe('the operation that explains an object', () => {
  it('is the one under way', () => {
    expect(chooseOperation(loadBalancer('PENDING_UPDATE'), [running, failed])?.id).toBe('running');
  });

  it('is the latest failed operation of an object in ERROR, also when later ones succeeded', () => {
    expect(chooseOperation(loadBalancer('ERROR'), [fine, lost, failed])?.id).toBe('lost');
    expect(chooseOperation(loadBalancer('ERROR'), [fine])).toBeNull();
  });

  it('is the one that names the object in ERROR, before a later failure of another', () => {
    expect(chooseOperation(listener('l1', 'ERROR'), [failed, refused])?.id).toBe('refused');
    expect(chooseOperation(listener('l2', 'ERROR'), [failed, refused])?.id).toBe('failed');
  });

  it('is the latest one about an object that is well', () => {
    expect(chooseOperation(loadBalancer('ACTIVE'), [fine, failed])?.id).toBe('fine');
    expect(chooseOperation(listener('l2', 'ACTIVE'), [fine, failed])).toBeNull();
    const amphora = { kind: 'amphora', object: { id: 'a', status: 'ALLOCATED' } } as const;
    const worked = operation({ id: 'worked', steps: [step({ subject: 'a' })] });
    expect(chooseOperation(amphora, [fine, worked])?.id).toBe('worked');
  });

  it('is itself', () => {
    expect(chooseOperation({ kind: 'operation', operation: failed }, [running])?.id).toBe('failed');
  });
});

it('an operation that runs with an error of an earlier step has not failed', () => {
  expect(hasFailed({ status: 'RUNNING', error_name: 'AmphoraSilentError' })).toBe(false);
  expect(hasFailed({ status: 'SUCCEEDED', error_name: 'AmphoraSilentError' })).toBe(false);
  expect(hasFailed(lost)).toBe(true);
});
