export { EntryRoutes, type EntryRoutesArgs } from "./entry-routes";
export { ServiceRoutes, type ServiceRoutesArgs } from "./service-routes";
