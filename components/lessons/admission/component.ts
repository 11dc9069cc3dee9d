import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Lesson, LessonArgs } from "../lesson";
import { LessonNamespace } from "../namespace";
import { claimName, namespace } from "./app";

export class AdmissionLesson extends pulumi.ComponentResource implements Lesson {
  readonly home: LessonNamespace;
  readonly routes: readonly pulumi.Resource[];

  constructor(name: string, { mesh, mtls }: LessonArgs, opts?: pulumi.ComponentResourceOptions) {
    super("istio-lab:lessons:Admission", name, {}, opts);
    this.home = new LessonNamespace(`${name}-namespace`, { namespace, mtls, mesh }, { parent: this });
    // Replaces a claim that somebody created again by hand: it lacks our annotation, whatever class it names. The
    // class is not a field of ours, so a changed class alone would show no difference.
    const anew = { replaceOnChanges: ["metadata.annotations"], deleteBeforeReplace: true };
    new k8s.core.v1.PersistentVolumeClaim(`${name}-claim`, claim(this.home.namespace), { parent: this, ...anew });
    this.routes = [];
    this.registerOutputs();
  }
}

function claim(namespace: pulumi.Input<string>): k8s.core.v1.PersistentVolumeClaimArgs {
  return {
    // Many classes bind a claim only when a pod uses it. No pod does, so waiting for it would never end.
    metadata: { name: claimName, namespace, annotations: { "pulumi.com/skipAwait": "true" } },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "64Mi" } } },
  };
}
