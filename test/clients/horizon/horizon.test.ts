import { unless } from '../../helpers/needs.ts';
import { useStack } from '../../helpers/stack.ts';
import { useFacts } from '../facts.ts';
import { addFlavor, addZone } from '../flavors-and-zones.ts';
import { preparedTools } from '../tools.ts';

const { horizon: tool } = preparedTools();

unless(tool.missing).describe("Horizon's dashboard for load balancers", () => {
  const stack = useStack();

  useFacts(tool, async () => {
    const { cloud, cloudsFile } = stack();
    if (cloud === null || cloudsFile === null) throw new Error('the stack has no stand-in cloud');
    const { password, region, vipSubnetId, memberSubnetId } = cloud.facts;
    const facts = {
      auth_url: cloud.authUrl,
      password,
      region,
      vip_subnet: vipSubnetId,
      member_subnet: memberSubnetId,
      flavor: await addFlavor(stack(), 'single'),
      zone: await addZone(stack(), 'here'),
    };
    return { cloudsFile, facts };
  });
});
