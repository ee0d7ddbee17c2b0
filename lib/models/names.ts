/** The deterministic names of everything the worker makes in the cloud; resources are found again by them. */
export const serverName = (amphoraId: string): string => `amphora-${amphoraId}`;
export const basePortName = (amphoraId: string): string => `octavia-lb-vrrp-${amphoraId}`;
export const memberPortName = (amphoraId: string): string => `octavia-lb-member-${amphoraId}`;
export const vipPortName = (loadBalancerId: string): string => `octavia-lb-${loadBalancerId}`;
export const vipDeviceId = (loadBalancerId: string): string => `lb-${loadBalancerId}`;
export const securityGroupName = (loadBalancerId: string): string => `lb-${loadBalancerId}`;
export const serverGroupName = (loadBalancerId: string): string => `octavia-lb-${loadBalancerId}`;

/** The ledger names a member's port with its network behind it. @returns the port's own name in the cloud */
export const portNameOf = (ledgerName: string): string => ledgerName.split('@', 1)[0] ?? ledgerName;
