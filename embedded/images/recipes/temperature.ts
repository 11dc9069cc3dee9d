import { images } from "../../../versions";
import type { Recipe } from "../recipe";
import { base, file } from "../rootfs";

interface Part {
  app: "temperature-api" | "temperature-service";
  image: string;
  speaks: string;
  port: number;
}

const parts: Part[] = [
  { app: "temperature-api", image: images.temperatureApi, speaks: "HTTP", port: 3000 },
  { app: "temperature-service", image: images.temperatureService, speaks: "gRPC", port: 8080 },
];

/** The two programs of the temperature lesson: HTTP at the front, gRPC behind it. */
export const temperatureImages: Recipe[] = parts.map(({ app: name, image, speaks, port }) => ({
  name: image,
  from: `apps/temperature/${name}`,
  standIn: `a program of this lab that answers as the course's ${name} does, over ${speaks}; its own converter.proto between the two`,
  make: ({ app }) => ({
    files: [...base({ name: "nonroot", uid: 65532, gid: 65532, home: "/home/nonroot" }), file(`/${name}`, app(name))],
    start: { entrypoint: [`/${name}`], user: "65532:65532", ports: [port] },
  }),
}));
