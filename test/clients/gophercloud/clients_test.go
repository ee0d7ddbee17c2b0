// Package clients calls the API as programs do that use gophercloud: its own functions, and its own types for the
// answers. Each test is one fact.
package clients

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"sort"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2"
	"github.com/gophercloud/gophercloud/v2/openstack"
	"github.com/gophercloud/gophercloud/v2/openstack/config"
	"github.com/gophercloud/gophercloud/v2/openstack/config/clouds"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/listeners"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/loadbalancers"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/pools"
	"github.com/gophercloud/gophercloud/v2/pagination"
)

const patience = 60 * time.Second

// What the stack's cloud has, and may be named.
var facts struct {
	Certificates string `json:"certificates"`
	Project      string `json:"project"`
	OtherProject string `json:"other_project"`
	VipNetwork   string `json:"vip_network"`
	VipSubnet    string `json:"vip_subnet"`
	VipAddress   string `json:"vip_address"`
	OtherSubnet  string `json:"other_subnet"`
	OtherAddress string `json:"other_address"`
	MemberSubnet string `json:"member_subnet"`
	QosPolicy    string `json:"qos_policy"`
	Zone         string `json:"zone"`
}

var (
	tenantCloud, operatorCloud *gophercloud.ProviderClient
	tenant, operator           *gophercloud.ServiceClient
	endpoints                  gophercloud.EndpointOpts
)

func signIn(name string) (*gophercloud.ProviderClient, *gophercloud.ServiceClient) {
	options, where, tls, err := clouds.Parse(clouds.WithCloudName(name))
	if err != nil {
		panic(err)
	}
	endpoints = where
	cloud, err := config.NewProviderClient(context.Background(), options, config.WithTLSConfig(tls))
	if err != nil {
		panic(err)
	}
	service, err := openstack.NewLoadBalancerV2(cloud, where)
	if err != nil {
		panic(err)
	}
	return cloud, service
}

func TestMain(m *testing.M) {
	// The file is asked for the names of the tests, too.
	if text := os.Getenv("CLIENTS_FACTS"); text != "" {
		if err := json.Unmarshal([]byte(text), &facts); err != nil {
			panic(err)
		}
		tenantCloud, tenant = signIn("alice")
		operatorCloud, operator = signIn("admin")
	}
	os.Exit(m.Run())
}

func ptr[T any](value T) *T { return &value }

// must stops the test at an error.
func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func done(t *testing.T, err error) {
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

func refused(t *testing.T, err error, code int) {
	t.Helper()
	if !gophercloud.ResponseCodeIs(err, code) {
		t.Errorf("%v, want %d", err, code)
	}
}

// settled waits until the load balancer has no change on its way; it must be ACTIVE then.
func settled(t *testing.T, id string) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		found := must[*loadbalancers.LoadBalancer](t)(loadbalancers.Get(t.Context(), tenant, id).Extract())
		switch found.ProvisioningStatus {
		case "ACTIVE":
			return
		case "ERROR":
			t.Fatalf("load balancer %s is in ERROR", id)
		}
		if time.Now().After(end) {
			t.Fatalf("load balancer %s is %s after %s", id, found.ProvisioningStatus, patience)
		}
	}
}

// gone waits until GET answers 404.
func gone(t *testing.T, id string) {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(50 * time.Millisecond) {
		_, err := loadbalancers.Get(t.Context(), tenant, id).Extract()
		if gophercloud.ResponseCodeIs(err, http.StatusNotFound) {
			return
		}
		done(t, err)
		if time.Now().After(end) {
			t.Fatalf("load balancer %s is still there after %s", id, patience)
		}
	}
}

// newLoadBalancer makes one that is ACTIVE, and takes it away with all that hangs on it when the test is over.
func newLoadBalancer(t *testing.T) string {
	t.Helper()
	made := must[*loadbalancers.LoadBalancer](t)(loadbalancers.Create(t.Context(), tenant, loadbalancers.CreateOpts{
		Name:        t.Name(),
		VipSubnetID: facts.VipSubnet,
	}).Extract())
	t.Cleanup(func() { removeLoadBalancer(t, made.ID) })
	settled(t, made.ID)
	return made.ID
}

func removeLoadBalancer(t *testing.T, id string) {
	err := loadbalancers.Delete(context.Background(), tenant, id, loadbalancers.DeleteOpts{Cascade: true}).ExtractErr()
	if err != nil && !gophercloud.ResponseCodeIs(err, http.StatusNotFound) {
		t.Error(err)
	}
}

func newListener(t *testing.T, loadBalancer string, port int) string {
	t.Helper()
	made := must[*listeners.Listener](t)(listeners.Create(t.Context(), tenant, listeners.CreateOpts{
		LoadbalancerID: loadBalancer,
		Protocol:       listeners.ProtocolHTTP,
		ProtocolPort:   port,
	}).Extract())
	settled(t, loadBalancer)
	return made.ID
}

func newPool(t *testing.T, loadBalancer string) string {
	t.Helper()
	made := must[*pools.Pool](t)(pools.Create(t.Context(), tenant, pools.CreateOpts{
		LoadbalancerID: loadBalancer,
		LBMethod:       pools.LBMethodRoundRobin,
		Protocol:       pools.ProtocolHTTP,
	}).Extract())
	settled(t, loadBalancer)
	return made.ID
}

// body makes of gophercloud's options what it sends.
func body(t *testing.T, options any) map[string]any {
	t.Helper()
	return must[map[string]any](t)(gophercloud.BuildRequestBody(options, ""))
}

// answered holds what was sent against what came back, attribute by attribute. What an answer has in another place is
// in `elsewhere`.
func answered(t *testing.T, options any, answer any, wrapper string, elsewhere ...string) {
	t.Helper()
	wrapped, _ := answer.(map[string]any)
	got, ok := wrapped[wrapper].(map[string]any)
	if !ok {
		t.Fatalf("no %s in %v", wrapper, answer)
	}
	sent := body(t, options)
	for _, name := range elsewhere {
		if _, ok := sent[name]; !ok {
			t.Errorf("%s is not sent", name)
		}
		delete(sent, name)
	}
	for name, want := range sent {
		if text(got[name]) != text(want) {
			t.Errorf("%s: %v, sent was %v", name, got[name], want)
		}
	}
}

// text is JSON, lists in one order.
func text(value any) string {
	if list, ok := value.([]any); ok {
		items := make([]string, len(list))
		for index, item := range list {
			items[index] = text(item)
		}
		sort.Strings(items)
		return fmt.Sprint(items)
	}
	written, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(written)
}

// everything makes sure that a value is given to each of the options, so that none is missed.
func everything(t *testing.T, options any, but ...string) {
	t.Helper()
	value := reflect.ValueOf(options)
	for index := range value.NumField() {
		name := value.Type().Field(index).Name
		left := false
		for _, other := range but {
			left = left || other == name
		}
		if value.Field(index).IsZero() != left {
			t.Errorf("%s of %s: set is %v", name, value.Type(), left)
		}
	}
}

// pages counts the pages of a list, and answers the last with all of it.
func all(t *testing.T, pager pagination.Pager) pagination.Page {
	t.Helper()
	return must[pagination.Page](t)(pager.AllPages(t.Context()))
}
