import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { catalog } from "./catalog";
import type { Lesson, LessonArgs } from "./lesson";
import { LessonNamespace } from "./namespace";

/** A claim of storage that names no class: the API server's admission writes the cluster's default class into it. */
export class AdmissionLesson extends pulumi.ComponentResource implements Lesson {
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: LessonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:lessons:Admission", name, {}, opts);
    const { mesh, mtls } = args;
    const { namespace } = new LessonNamespace(`${name}-namespace`, { namespace: catalog.admission.namespace, mtls, mesh }, { parent: this });
    // Made anew by hand it lacks our annotation, whatever class it names: a class is no field of ours, and alone would be no difference.
    const anew = { replaceOnChanges: ["metadata.annotations"], deleteBeforeReplace: true };
    new k8s.core.v1.PersistentVolumeClaim(`${name}-claim`, claim(namespace), { parent: this, ...anew });

    this.url = pulumi.output(`kubectl get pvc ${claimName} -n ${catalog.admission.namespace}`);
    this.registerOutputs({ url: this.url });
  }
}

const claimName = "myclaim";

function claim(namespace: pulumi.Input<string>): k8s.core.v1.PersistentVolumeClaimArgs {
  return {
    // Many classes bind a claim only when a pod uses it, and none does: waiting for it would never end.
    metadata: { name: claimName, namespace, annotations: { "pulumi.com/skipAwait": "true" } },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "64Mi" } } },
  };
}
