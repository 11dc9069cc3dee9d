/** The version of the official plugin that the stand-in stands in for: that of `@pulumi/kubernetes`. */
export const VERSION = "4.32.0";
