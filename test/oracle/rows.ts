/** A deliberate difference. */
export interface Row<Difference, Context> {
  /** The row's id in docs/differences.md. */
  readonly id: string;
  /** True for exactly what the row is about. */
  readonly covers: (difference: Difference, context: Context) => boolean;
}
