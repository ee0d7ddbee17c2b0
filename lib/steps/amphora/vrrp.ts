import { renderVrrp } from '../../amphora/render/keepalived/render-vrrp.ts';
import type { VipAddress } from '../../drivers/amphora/amphora-driver.ts';
import type { Amphora } from '../../models/objects/amphora.ts';
import type { LoadBalancerTree } from '../../models/objects/tree.ts';
import { amphoraConfig } from '../../settings/config.ts';

/**
 * The keepalived configuration of one amphora; its interface must be known.
 * @param vips the primary VIP first
 * @throws UnrenderableValueError
 */
export const vrrpConfiguration = (tree: LoadBalancerTree, amphora: Amphora, vips: readonly VipAddress[]): string =>
  renderVrrp({
    loadBalancer: tree.load_balancer,
    amphora,
    amphorae: tree.amphorae,
    vips,
    options: { basePath: amphoraConfig().basePath },
  });
