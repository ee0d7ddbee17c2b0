// Package kubernetes lets Kubernetes' own cloud provider make load balancers of Services, as it does in a cluster's
// controller manager. Only the cluster itself is not there: a fake of client-go keeps the Services.
package kubernetes

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	gopher "github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/listeners"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/loadbalancers"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/pools"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/rest"
	cloudprovider "k8s.io/cloud-provider"
	"k8s.io/cloud-provider-openstack/pkg/client"
	"k8s.io/cloud-provider-openstack/pkg/openstack"
)

const (
	annotation = "loadbalancer.openstack.org/"
	internal   = "service.beta.kubernetes.io/openstack-internal-load-balancer"
)

// What the stack's cloud has, and may be named.
var facts struct {
	CloudsFile   string `json:"clouds_file"`
	VipSubnet    string `json:"vip_subnet"`
	MemberSubnet string `json:"member_subnet"`
	Flavor       string `json:"flavor"`
	Certificate  string `json:"certificate"`
	Zone         string `json:"zone"`
}

func TestMain(m *testing.M) {
	// The file is asked for the names of the tests, too.
	if text := os.Getenv("CLIENTS_FACTS"); text != "" {
		if err := json.Unmarshal([]byte(text), &facts); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// controllers hands out the cluster's client, as a controller manager does.
type controllers struct{ kubernetes.Interface }

func (controllers) Config(string) (*rest.Config, error)           { return &rest.Config{}, nil }
func (controllers) ConfigOrDie(string) *rest.Config               { return &rest.Config{} }
func (c controllers) Client(string) (kubernetes.Interface, error) { return c.Interface, nil }
func (c controllers) ClientOrDie(string) kubernetes.Interface     { return c.Interface }

// cluster is what a test has: the cloud provider, the cluster's client, and a client of the API to look with.
type cluster struct {
	t        *testing.T
	provider cloudprovider.LoadBalancer
	services kubernetes.Interface
	api      *gophercloud.ServiceClient
}

// newCluster configures the provider by a cloud.conf; `more` is added to its section for load balancers.
func newCluster(t *testing.T, more ...string) *cluster {
	t.Helper()
	t.Parallel()
	lines := []string{
		"[Global]", "use-clouds = true", fmt.Sprintf("clouds-file = %q", facts.CloudsFile), "cloud = alice",
		"[LoadBalancer]", "subnet-id = " + facts.VipSubnet, "member-subnet-id = " + facts.MemberSubnet, "create-monitor = true",
	}
	settings, err := openstack.ReadConfig(strings.NewReader(strings.Join(append(lines, more...), "\n")))
	must(t, err)
	cloud, err := openstack.NewOpenStack(settings)
	must(t, err)
	services := fake.NewSimpleClientset()
	cloud.Initialize(controllers{services}, nil)
	provider, ok := cloud.LoadBalancer()
	if !ok {
		t.Fatal("the provider has no load balancers")
	}
	signedIn, err := client.NewOpenStackClient(&settings.Global, "tests")
	must(t, err)
	api, err := gopher.NewLoadBalancerV2(signedIn, gophercloud.EndpointOpts{Region: settings.Global.Region})
	must(t, err)
	return &cluster{t, provider, services, api}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: %#v, want %#v", what, got, want)
	}
}

func port(name string, protocol corev1.Protocol, number, nodePort int32) corev1.ServicePort {
	return corev1.ServicePort{Name: name, Protocol: protocol, Port: number, NodePort: nodePort}
}

// newService is a Service of type LoadBalancer, kept in the cluster.
func (c *cluster) newService(name string, annotations map[string]string, ports ...corev1.ServicePort) *corev1.Service {
	c.t.Helper()
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name, UID: "uid", Annotations: map[string]string{internal: "true"}},
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeLoadBalancer, Ports: ports},
	}
	for key, value := range annotations {
		service.Annotations[annotation+key] = value
	}
	kept, err := c.services.CoreV1().Services("default").Create(c.t.Context(), service, metav1.CreateOptions{})
	must(c.t, err)
	return kept
}

// current is the Service with what the provider has written to it.
func (c *cluster) current(service *corev1.Service) *corev1.Service {
	c.t.Helper()
	found, err := c.services.CoreV1().Services("default").Get(c.t.Context(), service.Name, metav1.GetOptions{})
	must(c.t, err)
	service.Annotations = found.Annotations
	return service
}

// nodes have addresses from 10.9.0.1 on.
func nodes(count int) []*corev1.Node {
	made := []*corev1.Node{}
	for number := range count {
		address := corev1.NodeAddress{Type: corev1.NodeInternalIP, Address: fmt.Sprintf("10.9.0.%d", number+1)}
		made = append(made, &corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("node-%d", number+1)},
			Status:     corev1.NodeStatus{Addresses: []corev1.NodeAddress{address}},
		})
	}
	return made
}

// ensure is what the service controller does with a Service that is new or was changed; answers its address.
func (c *cluster) ensure(service *corev1.Service, count int) string {
	c.t.Helper()
	status, err := c.provider.EnsureLoadBalancer(c.t.Context(), c.t.Name(), service, nodes(count))
	must(c.t, err)
	c.current(service)
	return status.Ingress[0].IP
}

// join adds the Service to a load balancer that is there. Only what is not internal may share one; the cloud has no
// floating IPs, and that is all the provider may miss.
func (c *cluster) join(service *corev1.Service) {
	c.t.Helper()
	delete(service.Annotations, internal)
	_, err := c.provider.EnsureLoadBalancer(c.t.Context(), c.t.Name(), service, nodes(1))
	if err == nil || !strings.Contains(err.Error(), "floating IP") {
		c.t.Errorf("it was said: %v", err)
	}
}

// active waits until the load balancer is ACTIVE: the provider takes no other.
func (c *cluster) active(id string) *loadbalancers.LoadBalancer {
	c.t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		found, err := loadbalancers.Get(c.t.Context(), c.api, id).Extract()
		must(c.t, err)
		if found.ProvisioningStatus == "ACTIVE" {
			return found
		}
		if time.Now().After(end) {
			c.t.Fatalf("load balancer %s is %s", id, found.ProvisioningStatus)
		}
	}
}

// end deletes the Service; the load balancer goes with it.
func (c *cluster) end(service *corev1.Service) {
	c.t.Helper()
	c.leave(service)
	_, err := loadbalancers.Get(c.t.Context(), c.api, service.Annotations[annotation+"load-balancer-id"]).Extract()
	if !gophercloud.ResponseCodeIs(err, http.StatusNotFound) {
		c.t.Errorf("the load balancer is still there: %v", err)
	}
}

// leave deletes the Service; the load balancer stays, since others have it.
func (c *cluster) leave(service *corev1.Service) {
	c.t.Helper()
	must(c.t, c.provider.EnsureLoadBalancerDeleted(c.t.Context(), c.t.Name(), service))
	must(c.t, c.services.CoreV1().Services("default").Delete(c.t.Context(), service.Name, metav1.DeleteOptions{}))
}

// loadBalancer is the one that the Service says it has.
func (c *cluster) loadBalancer(service *corev1.Service) *loadbalancers.LoadBalancer {
	c.t.Helper()
	found, err := loadbalancers.Get(c.t.Context(), c.api, service.Annotations[annotation+"load-balancer-id"]).Extract()
	must(c.t, err)
	return found
}

// listeners are those of the Service's load balancer, by protocol and port.
func (c *cluster) listeners(service *corev1.Service) map[string]listeners.Listener {
	c.t.Helper()
	pages, err := listeners.List(c.api, listeners.ListOpts{LoadbalancerID: c.loadBalancer(service).ID}).AllPages(c.t.Context())
	must(c.t, err)
	found, err := listeners.ExtractListeners(pages)
	must(c.t, err)
	by := map[string]listeners.Listener{}
	for _, listener := range found {
		by[fmt.Sprintf("%s %d", listener.Protocol, listener.ProtocolPort)] = listener
	}
	return by
}

func (c *cluster) names(service *corev1.Service) []string {
	c.t.Helper()
	found := []string{}
	for _, name := range []string{"TCP 80", "HTTP 80", "UDP 53", "TCP 443", "TERMINATED_HTTPS 443", "TCP 8080"} {
		if _, ok := c.listeners(service)[name]; ok {
			found = append(found, name)
		}
	}
	equal(c.t, "other listeners", len(c.listeners(service)), len(found))
	return found
}

func (c *cluster) pool(listener listeners.Listener) *pools.Pool {
	c.t.Helper()
	found, err := pools.Get(c.t.Context(), c.api, listener.DefaultPoolID).Extract()
	must(c.t, err)
	return found
}

// members are addresses with ports.
func (c *cluster) members(listener listeners.Listener) []string {
	c.t.Helper()
	pages, err := pools.ListMembers(c.api, listener.DefaultPoolID, pools.ListMembersOpts{SortKey: "address", SortDir: "asc"}).AllPages(c.t.Context())
	must(c.t, err)
	found, err := pools.ExtractMembers(pages)
	must(c.t, err)
	named := []string{}
	for _, member := range found {
		named = append(named, fmt.Sprintf("%s:%d", member.Address, member.ProtocolPort))
	}
	return named
}
