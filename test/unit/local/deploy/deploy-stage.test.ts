import { afterEach, describe, expect, it } from 'vitest';
import { deployStage } from '../../../../local/deploy/deploy-stage.ts';
import { readTemplate } from '../../../../local/package/template/template.ts';
import { type FakeCloudFormation, startCloudFormation } from '../../../helpers/cloudformation.ts';

const receivers = { Receivers: { Type: 'AWS::ECS::Service', Properties: { ServiceName: 'receiver' } } };
const alarm = { Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: {} } };
const POLICY = '{"Statement":[{"Effect":"Deny"}]}';

let aws: FakeCloudFormation;
afterEach(() => aws.stop());

interface Case {
  readonly before: Readonly<Record<string, object>> | null;
  readonly after: Readonly<Record<string, object>>;
  readonly yes?: boolean;
  /** What a person types; none: there is no terminal. */
  readonly answer?: string;
  readonly succeeds?: boolean;
}

const deploy = async ({ before, after, yes = false, answer, succeeds = true }: Case) => {
  aws = await startCloudFormation(before === null ? null : { template: { Resources: before }, policy: POLICY });
  const printed: string[] = [];
  let runs = 0;
  const done = await deployStage({
    stackName: 'deploy-worker-prod',
    packaged: readTemplate({ Resources: after }),
    client: aws.client,
    yes,
    ask: answer === undefined ? null : async () => answer,
    run: async () => {
      runs += 1;
      return succeeds;
    },
    print: (line) => void printed.push(line),
  });
  return { done, runs, printed: printed.join('\n'), actions: aws.requests.map((request) => request.split(' ')[0]) };
};

describe('the deployment of a stage', () => {
  it('shows changes, asks for none that is harmless, and protects the stack from deletion', async () => {
    const { done, runs, printed, actions } = await deploy({ before: receivers, after: { ...receivers, ...alarm } });
    expect({ done, runs, actions }).toEqual({
      done: true,
      runs: 1,
      actions: ['GetTemplate', 'UpdateTerminationProtection'],
    });
    expect(printed).toBe('Stack deploy-worker-prod\n  + Alarm (AWS::CloudWatch::Alarm) is added');
    expect(aws.requests).toEqual([
      'GetTemplate StackName=deploy-worker-prod TemplateStage=Original',
      'UpdateTerminationProtection EnableTerminationProtection=true StackName=deploy-worker-prod',
    ]);
  });

  it.each(['no', '', 'n', 'yesterday'])('does nothing when the answer is %j', async (answer) => {
    const { done, runs, printed, actions } = await deploy({ before: receivers, after: alarm, answer });
    expect({ done, runs, actions }).toEqual({ done: false, runs: 0, actions: ['GetTemplate'] });
    expect(printed).toMatch(
      /Be sure of this:\n {2}- Receivers \(AWS::ECS::Service\) is removed\nNothing is deployed\.$/,
    );
  });

  it('does nothing without a terminal and without --yes', async () => {
    const { done, runs, printed } = await deploy({ before: receivers, after: alarm });
    expect({ done, runs }).toEqual({ done: false, runs: 0 });
    expect(printed).toContain('--yes agrees to all of it.');
  });

  it.each([{ yes: true }, { answer: 'yes' }])('lifts the policy of the stack with %j', async (agreed) => {
    const { done, runs, actions } = await deploy({ before: receivers, after: alarm, ...agreed });
    expect({ done, runs }).toEqual({ done: true, runs: 1 });
    expect(actions).toEqual(['GetTemplate', 'GetStackPolicy', 'SetStackPolicy', 'UpdateTerminationProtection']);
  });

  it('puts the policy back when the deployment fails', async () => {
    const { done, actions } = await deploy({ before: receivers, after: alarm, yes: true, succeeds: false });
    expect(done).toBe(false);
    expect(actions).toEqual(['GetTemplate', 'GetStackPolicy', 'SetStackPolicy', 'SetStackPolicy']);
    expect(aws.requests.at(-1)).toContain(`StackPolicyBody=${POLICY}`);
  });

  it('asks before it makes a stack', async () => {
    expect(await deploy({ before: null, after: receivers, answer: 'no' })).toMatchObject({ done: false, runs: 0 });
    await aws.stop();
    const made = await deploy({ before: null, after: receivers, answer: 'yes' });
    expect(made).toMatchObject({ done: true, runs: 1, actions: ['GetTemplate', 'UpdateTerminationProtection'] });
  });
});
