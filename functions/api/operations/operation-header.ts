/** The header that tells which operation does what was asked; its record is at `/lbaas/operations/{id}`. */
export const operationHeader = ({ operationId }: { readonly operationId: string }) => ({
  'x-operation-id': operationId,
});
