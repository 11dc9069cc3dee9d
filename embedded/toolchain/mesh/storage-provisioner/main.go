// The provisioner of the embedded seat's default StorageClass "standard": every claim gets a folder on the node.
//
// It answers to minikube's provisioner name, so that the class a trainee sees is the one minikube shows. minikube's own
// is not used: it is tied to a library that no longer compiles with this Kubernetes, and the identity it marks its
// volumes with is new at every start, so that after a restart it deletes none of the older ones.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	core "k8s.io/api/core/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

const provisionerName = "k8s.io/minikube-hostpath"

// folders makes and removes the folders behind the volumes, all of them under root.
type folders struct{ root string }

func (f folders) Provision(_ context.Context, o controller.ProvisionOptions) (*core.PersistentVolume, controller.ProvisioningState, error) {
	// The volume's name (pvc-<uid>) and not the claim's: a claim made anew under an old name must not find the old data.
	folder := filepath.Join(f.root, o.PVName)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	if err := os.Chmod(folder, 0o777); err != nil { // whatever the umask; pods run as any user
		return nil, controller.ProvisioningFinished, err
	}
	reclaim := core.PersistentVolumeReclaimDelete
	if o.StorageClass.ReclaimPolicy != nil {
		reclaim = *o.StorageClass.ReclaimPolicy
	}
	directory := core.HostPathDirectoryOrCreate
	return &core.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: o.PVName},
		Spec: core.PersistentVolumeSpec{
			PersistentVolumeReclaimPolicy: reclaim,
			AccessModes:                   o.PVC.Spec.AccessModes,
			Capacity:                      core.ResourceList{core.ResourceStorage: o.PVC.Spec.Resources.Requests[core.ResourceStorage]},
			MountOptions:                  o.StorageClass.MountOptions,
			PersistentVolumeSource: core.PersistentVolumeSource{
				HostPath: &core.HostPathVolumeSource{Path: folder, Type: &directory},
			},
		},
	}, controller.ProvisioningFinished, nil
}

func (f folders) Delete(_ context.Context, volume *core.PersistentVolume) error {
	source := volume.Spec.HostPath
	// A volume's path can be written by whoever may write volumes: nothing outside of the root is ever removed.
	if source == nil || filepath.Dir(filepath.Clean(source.Path)) != f.root {
		return &controller.IgnoredError{Reason: fmt.Sprintf("%s is not a folder of %s", volume.Name, f.root)}
	}
	return os.RemoveAll(source.Path)
}

// SupportsBlock refuses block volumes, which a folder cannot be (controller.BlockProvisioner).
func (f folders) SupportsBlock(context.Context) bool { return false }

func main() {
	klog.InitFlags(nil)
	root := flag.String("folder", "", "folder on the node in which every volume gets a folder; required, absolute")
	kubeconfig := flag.String("kubeconfig", "", "how to reach the cluster; without it, the pod's service account")
	flag.Parse()
	if !filepath.IsAbs(*root) || strings.TrimRight(*root, "/") == "" {
		klog.Fatalf("-folder must be an absolute path that is not /, it is %q", *root)
	}
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		klog.Fatalf("no way to reach the cluster: %v", err)
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		klog.Fatalf("no client: %v", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// One node, one provisioner: an election would only delay the first claim.
	controller.NewProvisionController(ctx, client, provisionerName, folders{filepath.Clean(*root)},
		controller.LeaderElection(false)).Run(ctx)
}

