/** The few words in which the two databases differ. */
export interface ColumnTypes {
  readonly binary: "blob" | "bytea";
}
