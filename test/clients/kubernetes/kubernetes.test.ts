import { join } from 'node:path';
import { unless } from '../../helpers/needs.ts';
import { useStack } from '../../helpers/stack.ts';
import { useFacts } from '../facts.ts';
import { addFlavor, addZone } from '../flavors-and-zones.ts';
import { preparedTools } from '../tools.ts';

const { kubernetes: tool } = preparedTools();

unless(tool.missing).describe("Kubernetes' cloud provider for OpenStack", () => {
  const stack = useStack();

  useFacts(tool, async () => {
    const { cloud, cloudsFile } = stack();
    if (cloud === null || cloudsFile === null) throw new Error('the stack has no stand-in cloud');
    const facts = {
      clouds_file: cloudsFile,
      vip_subnet: cloud.facts.vipSubnetId,
      member_subnet: cloud.facts.memberSubnetId,
      flavor: await addFlavor(stack(), 'single'),
      certificate: join(import.meta.dirname, '../../fixtures/certificates/modern.p12'),
      zone: await addZone(stack(), 'here'),
    };
    return { cloudsFile, facts };
  });
});
