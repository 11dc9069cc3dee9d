export { binomialInterval } from "../../cli/check/binomial";
