module istio-lab/apps

go 1.24
