export const namespace = "admission";
export const claimName = "myclaim";
