/** The header that names the operation of a request; its record is at `/lbaas/operations/{id}`. */
export const operationHeader = ({ operationId }: { readonly operationId: string }) => ({
  'x-operation-id': operationId,
});
