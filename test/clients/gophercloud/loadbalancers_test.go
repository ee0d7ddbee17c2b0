package clients

import (
	"net/http"
	"testing"
	"time"

	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/flavorprofiles"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/flavors"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/l7policies"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/listeners"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/loadbalancers"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/monitors"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/pools"
)

func newFlavor(t *testing.T) string {
	t.Helper()
	profile := must[*flavorprofiles.FlavorProfile](t)(flavorprofiles.Create(t.Context(), operator, flavorprofiles.CreateOpts{
		Name:         t.Name(),
		ProviderName: "amphora",
		FlavorData:   `{"loadbalancer_topology": "SINGLE"}`,
	}).Extract())
	flavor := must[*flavors.Flavor](t)(flavors.Create(t.Context(), operator, flavors.CreateOpts{
		Name:            t.Name(),
		FlavorProfileId: profile.ID,
		Enabled:         true,
	}).Extract())
	return flavor.ID
}

func TestALoadBalancerIsMadeAsItWasAskedFor(t *testing.T) {
	t.Parallel()
	options := loadbalancers.CreateOpts{
		Name:             "full",
		Description:      "all that can be said",
		VipSubnetID:      facts.VipSubnet,
		VipNetworkID:     facts.VipNetwork,
		VipAddress:       facts.VipAddress,
		VipQosPolicyID:   facts.QosPolicy,
		ProjectID:        facts.Project,
		AdminStateUp:     ptr(true),
		FlavorID:         newFlavor(t),
		AvailabilityZone: facts.Zone,
		Provider:         "amphora",
		Tags:             []string{"a", "b"},
		AdditionalVips:   []loadbalancers.AdditionalVip{{SubnetID: facts.OtherSubnet, IPAddress: facts.OtherAddress}},
	}
	everything(t, options, "VipPortID", "Listeners", "Pools")
	result := loadbalancers.Create(t.Context(), tenant, options)
	made := must[*loadbalancers.LoadBalancer](t)(result.Extract())
	t.Cleanup(func() { removeLoadBalancer(t, made.ID) })
	answered(t, options, result.Body, "loadbalancer", "additional_vips")
	equal(t, "status", made.ProvisioningStatus, "PENDING_CREATE")
	if time.Since(made.CreatedAt).Abs() > time.Minute {
		t.Errorf("created at %s", made.CreatedAt)
	}
	settled(t, made.ID)

	found := must[*loadbalancers.LoadBalancer](t)(loadbalancers.Get(t.Context(), tenant, made.ID).Extract())
	equal(t, "additional VIPs", found.AdditionalVips, options.AdditionalVips)
	equal(t, "address", found.VipAddress, facts.VipAddress)
	filters := loadbalancers.ListOpts{
		ID: made.ID, Name: "full", Description: options.Description, AdminStateUp: ptr(true), ProjectID: facts.Project,
		ProvisioningStatus: "ACTIVE", OperatingStatus: found.OperatingStatus, VipAddress: facts.VipAddress,
		VipPortID: found.VipPortID, VipSubnetID: facts.VipSubnet, VipNetworkID: facts.VipNetwork,
		FlavorID: found.FlavorID, AvailabilityZone: facts.Zone, Provider: "amphora", SortKey: "name", SortDir: "desc",
		Limit: 5, Tags: []string{"a", "b"}, TagsAny: []string{"b", "c"}, TagsNot: []string{"a", "c"}, TagsNotAny: []string{"c"},
	}
	everything(t, filters, "Marker")
	listed := must[[]loadbalancers.LoadBalancer](t)(loadbalancers.ExtractLoadBalancers(all(t, loadbalancers.List(tenant, filters))))
	if len(listed) != 1 || listed[0].ID != made.ID {
		t.Errorf("found %v", listed)
	}
	filters.TagsNotAny = []string{"b"}
	listed = must[[]loadbalancers.LoadBalancer](t)(loadbalancers.ExtractLoadBalancers(all(t, loadbalancers.List(tenant, filters))))
	equal(t, "found with another filter", len(listed), 0)
}

func TestALoadBalancerIsMadeWithAllThatHangsOnIt(t *testing.T) {
	t.Parallel()
	monitor := monitors.CreateOpts{Name: "monitor", Type: monitors.TypeHTTP, Delay: 5, Timeout: 3, MaxRetries: 2, URLPath: "/health"}
	members := []pools.CreateMemberOpts{{Name: "m1", Address: "10.9.0.1", ProtocolPort: 80}, {Name: "m2", Address: "10.9.0.2", ProtocolPort: 80}}
	result := loadbalancers.Create(t.Context(), tenant, loadbalancers.CreateOpts{
		Name:        "graph",
		VipSubnetID: facts.VipSubnet,
		Listeners: []listeners.CreateOpts{{
			Name: "listener", Protocol: listeners.ProtocolHTTP, ProtocolPort: 80,
			DefaultPool: &pools.CreateOpts{
				Name: "pool", Protocol: pools.ProtocolHTTP, LBMethod: pools.LBMethodRoundRobin, Members: members, Monitor: monitor,
			},
			L7Policies: []l7policies.CreateOpts{{
				Name: "policy", Action: l7policies.ActionReject,
				Rules: []l7policies.CreateRuleOpts{{RuleType: l7policies.TypePath, CompareType: l7policies.CompareTypeStartWith, Value: "/x"}},
			}},
		}},
		Pools: []pools.CreateOpts{{Name: "beside", Protocol: pools.ProtocolHTTP, LBMethod: pools.LBMethodSourceIp}},
	})
	made := must[*loadbalancers.LoadBalancer](t)(result.Extract())
	t.Cleanup(func() { removeLoadBalancer(t, made.ID) })
	if len(made.Listeners) != 1 || len(made.Pools) != 2 {
		t.Fatalf("%d listeners and %d pools", len(made.Listeners), len(made.Pools))
	}
	equal(t, "policies", made.Listeners[0].L7Policies[0].Name, "policy")
	equal(t, "rules", made.Listeners[0].L7Policies[0].Rules[0].Value, "/x")
	settled(t, made.ID)

	tree := must[*loadbalancers.StatusTree](t)(loadbalancers.GetStatuses(t.Context(), tenant, made.ID).Extract())
	listener := tree.Loadbalancer.Listeners[0]
	equal(t, "listener", []string{listener.Name, listener.ProvisioningStatus}, []string{"listener", "ACTIVE"})
	pool := listener.Pools[0]
	equal(t, "pool", []string{pool.Name, pool.ProvisioningStatus}, []string{"pool", "ACTIVE"})
	equal(t, "members", len(pool.Members), 2)
	found := must[*loadbalancers.LoadBalancer](t)(loadbalancers.Get(t.Context(), tenant, made.ID).Extract())
	equal(t, "listeners by id", found.Listeners[0].ID, listener.ID)
}

func TestALoadBalancerIsChanged(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	options := loadbalancers.UpdateOpts{
		Name: ptr("other"), Description: ptr("other"), AdminStateUp: ptr(false), VipQosPolicyID: ptr(facts.QosPolicy), Tags: &[]string{"x"},
	}
	everything(t, options)
	result := loadbalancers.Update(t.Context(), tenant, id, options)
	done(t, result.Err)
	answered(t, options, result.Body, "loadbalancer")
	settled(t, id)
	found := must[*loadbalancers.LoadBalancer](t)(loadbalancers.Get(t.Context(), tenant, id).Extract())
	equal(t, "tags", found.Tags, []string{"x"})
	if found.UpdatedAt.Before(found.CreatedAt) {
		t.Errorf("updated at %s, created at %s", found.UpdatedAt, found.CreatedAt)
	}
	done(t, loadbalancers.Update(t.Context(), tenant, id, loadbalancers.UpdateOpts{Tags: &[]string{}}).Err)
	settled(t, id)
	found = must[*loadbalancers.LoadBalancer](t)(loadbalancers.Get(t.Context(), tenant, id).Extract())
	equal(t, "tags", found.Tags, []string{})
}

func TestALoadBalancerTellsItsStatistics(t *testing.T) {
	t.Parallel()
	stats := must[*loadbalancers.Stats](t)(loadbalancers.GetStats(t.Context(), tenant, newLoadBalancer(t)).Extract())
	equal(t, "statistics", *stats, loadbalancers.Stats{})
}

func TestALoadBalancerIsFailedOverByAnOperatorOnly(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	refused(t, loadbalancers.Failover(t.Context(), tenant, id).ExtractErr(), http.StatusForbidden)
	done(t, loadbalancers.Failover(t.Context(), operator, id).ExtractErr())
	settled(t, id)
}

func TestALoadBalancerWithChildrenIsDeletedByCascadeOnly(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	newListener(t, id, 80)
	refused(t, loadbalancers.Delete(t.Context(), tenant, id, loadbalancers.DeleteOpts{}).ExtractErr(), http.StatusBadRequest)
	done(t, loadbalancers.Delete(t.Context(), tenant, id, loadbalancers.DeleteOpts{Cascade: true}).ExtractErr())
	gone(t, id)
}

func TestALoadBalancerWithoutChildrenIsDeleted(t *testing.T) {
	t.Parallel()
	id := newLoadBalancer(t)
	done(t, loadbalancers.Delete(t.Context(), tenant, id, nil).ExtractErr())
	gone(t, id)
	refused(t, loadbalancers.Delete(t.Context(), tenant, id, nil).ExtractErr(), http.StatusNotFound)
}
