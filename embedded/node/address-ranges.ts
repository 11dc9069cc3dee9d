/** The pods' addresses. They are the same in every seat, because nobody outside the seat sees them. */
export const POD_RANGE = "10.244.0.0/16";
/** The Services' addresses. They are also the same in every seat. */
export const SERVICE_RANGE = "10.96.0.0/16";
