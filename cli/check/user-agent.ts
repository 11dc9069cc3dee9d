/** How the checks' own requests are told from others in access logs. */
export const USER_AGENT = "istio-lab-check";
