package kubernetes

import (
	"testing"

	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/loadbalancers"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/monitors"
	"github.com/gophercloud/gophercloud/v2/openstack/loadbalancer/v2/pools"
	corev1 "k8s.io/api/core/v1"
)

func TestAServiceGetsALoadBalancerWithAllThatItSays(t *testing.T) {
	c := newCluster(t)
	service := c.newService("web", map[string]string{
		"connection-limit": "100", "timeout-client-data": "60000", "timeout-member-connect": "3000", "timeout-member-data": "70000",
		"timeout-tcp-inspect": "500", "flavor-id": facts.Flavor, "availability-zone": facts.Zone, "lb-method": "LEAST_CONNECTIONS",
		"health-monitor-delay": "7", "health-monitor-timeout": "4", "health-monitor-max-retries": "2", "health-monitor-max-retries-down": "5",
	}, port("http", corev1.ProtocolTCP, 80, 30080), port("dns", corev1.ProtocolUDP, 53, 30053))
	service.Spec.LoadBalancerSourceRanges = []string{"10.0.0.0/8"}
	service.Spec.SessionAffinity = corev1.ServiceAffinityClientIP
	address := c.ensure(service, 2)

	made := c.loadBalancer(service)
	equal(t, "address", address, made.VipAddress)
	equal(t, "name", made.Name, "kube_service_"+t.Name()+"_default_web")
	equal(t, "tags", made.Tags, []string{made.Name})
	equal(t, "flavor and zone", []string{made.FlavorID, made.AvailabilityZone}, []string{facts.Flavor, facts.Zone})
	equal(t, "listeners", c.names(service), []string{"TCP 80", "UDP 53"})
	http := c.listeners(service)["TCP 80"]
	equal(t, "networks", http.AllowedCIDRs, []string{"10.0.0.0/8"})
	equal(t, "limit", http.ConnLimit, 100)
	equal(t, "timeouts", []int{http.TimeoutClientData, http.TimeoutMemberConnect, http.TimeoutMemberData, http.TimeoutTCPInspect}, []int{60000, 3000, 70000, 500})
	equal(t, "members", c.members(http), []string{"10.9.0.1:30080", "10.9.0.2:30080"})
	pool := c.pool(http)
	equal(t, "persistence", pool.Persistence, pools.SessionPersistence{Type: "SOURCE_IP"})
	equal(t, "algorithm", pool.LBMethod, "LEAST_CONNECTIONS")
	monitor, err := monitors.Get(t.Context(), c.api, pool.MonitorID).Extract()
	must(t, err)
	equal(t, "monitor", []int{monitor.Delay, monitor.Timeout, monitor.MaxRetries, monitor.MaxRetriesDown}, []int{7, 4, 2, 5})

	status, exists, err := c.provider.GetLoadBalancer(t.Context(), t.Name(), service)
	must(t, err)
	equal(t, "exists", exists, true)
	equal(t, "address", status.Ingress[0].IP, address)
	c.end(service)
}

func TestAServiceFollowsItsNodesAndPorts(t *testing.T) {
	c := newCluster(t)
	service := c.newService("web", nil, port("http", corev1.ProtocolTCP, 80, 30080), port("dns", corev1.ProtocolUDP, 53, 30053))
	c.ensure(service, 2)
	http := c.listeners(service)["TCP 80"]

	must(t, c.provider.UpdateLoadBalancer(t.Context(), t.Name(), service, nodes(3)))
	equal(t, "with a third node", c.members(http), []string{"10.9.0.1:30080", "10.9.0.2:30080", "10.9.0.3:30080"})
	must(t, c.provider.UpdateLoadBalancer(t.Context(), t.Name(), service, nodes(1)))
	equal(t, "with one node", c.members(http), []string{"10.9.0.1:30080"})

	service.Spec.Ports = []corev1.ServicePort{port("http", corev1.ProtocolTCP, 80, 30081), port("https", corev1.ProtocolTCP, 443, 30443)}
	service.Spec.LoadBalancerSourceRanges = []string{"192.168.0.0/16", "10.0.0.0/8"}
	service.Annotations[annotation+"connection-limit"] = "7"
	service.Annotations[annotation+"timeout-client-data"] = "1000"
	c.ensure(service, 2)
	equal(t, "listeners", c.names(service), []string{"TCP 80", "TCP 443"})
	changed := c.listeners(service)["TCP 80"]
	equal(t, "id", changed.ID, http.ID)
	equal(t, "networks", len(changed.AllowedCIDRs), 2)
	equal(t, "limit and timeout", []int{changed.ConnLimit, changed.TimeoutClientData}, []int{7, 1000})
	equal(t, "members", c.members(changed), []string{"10.9.0.1:30081", "10.9.0.2:30081"})

	// Nothing is to be done: the controller asks once more.
	c.ensure(service, 2)
	equal(t, "listeners", c.names(service), []string{"TCP 80", "TCP 443"})

	service.Annotations[annotation+"enable-health-monitor"] = "false"
	c.ensure(service, 2)
	equal(t, "monitor", c.pool(changed).MonitorID, "")
	c.end(service)
}

func TestServicesShareALoadBalancer(t *testing.T) {
	c := newCluster(t)
	owner := c.newService("owner", nil, port("http", corev1.ProtocolTCP, 80, 30080))
	c.ensure(owner, 1)
	id := c.loadBalancer(owner).ID
	guest := c.newService("guest", map[string]string{"load-balancer-id": id}, port("alt", corev1.ProtocolTCP, 8080, 30088))
	c.join(guest)
	equal(t, "listeners", c.names(owner), []string{"TCP 80", "TCP 8080"})
	equal(t, "tags of the guest's", c.listeners(owner)["TCP 8080"].Tags, []string{"kube_service_" + t.Name() + "_default_guest"})
	c.leave(guest)
	c.end(owner)
}

func TestAServiceUsesAndGivesBackALoadBalancerOfTheTenant(t *testing.T) {
	c := newCluster(t)
	made, err := loadbalancers.Create(t.Context(), c.api, loadbalancers.CreateOpts{Name: "mine", VipSubnetID: facts.VipSubnet}).Extract()
	must(t, err)
	c.active(made.ID)
	service := c.newService("web", map[string]string{"load-balancer-id": made.ID}, port("http", corev1.ProtocolTCP, 80, 30080))
	c.join(service)
	equal(t, "listeners", c.names(service), []string{"TCP 80"})
	must(t, loadbalancers.Update(t.Context(), c.api, made.ID, loadbalancers.UpdateOpts{Tags: &[]string{"kube_service_" + t.Name() + "_default_web"}}).Err)
	c.active(made.ID)
	c.leave(service)
	left := c.active(made.ID)
	// This is how the provider takes the last tag away.
	equal(t, "tags", left.Tags, []string{""})
	equal(t, "listeners", len(left.Listeners), 0)
	must(t, loadbalancers.Delete(t.Context(), c.api, made.ID, loadbalancers.DeleteOpts{Cascade: true}).ExtractErr())
}

func TestAServiceTerminatesTLS(t *testing.T) {
	c := newCluster(t)
	service := c.newService("web", map[string]string{"default-tls-container-ref": newCertificate(t, c)}, port("https", corev1.ProtocolTCP, 443, 30443))
	c.ensure(service, 1)
	equal(t, "listeners", c.names(service), []string{"TERMINATED_HTTPS 443"})
	equal(t, "certificate", c.listeners(service)["TERMINATED_HTTPS 443"].DefaultTlsContainerRef, service.Annotations[annotation+"default-tls-container-ref"])
	c.end(service)
}

func TestAServiceTellsItsMembersWhoAsks(t *testing.T) {
	c := newCluster(t)
	forwarded := c.newService("forwarded", map[string]string{"x-forwarded-for": "true"}, port("http", corev1.ProtocolTCP, 80, 30080))
	c.ensure(forwarded, 1)
	equal(t, "headers", c.listeners(forwarded)["HTTP 80"].InsertHeaders, map[string]string{"X-Forwarded-For": "true"})
	proxied := c.newService("proxied", map[string]string{"proxy-protocol": "v2"}, port("http", corev1.ProtocolTCP, 80, 30080))
	c.ensure(proxied, 1)
	equal(t, "protocol", c.pool(c.listeners(proxied)["TCP 80"]).Protocol, "PROXYV2")
	c.end(forwarded)
	c.end(proxied)
}

func TestALoadBalancerIsBuiltAndTakenDownPieceByPiece(t *testing.T) {
	c := newCluster(t, "provider-requires-serial-api-calls = true", "cascade-delete = false")
	service := c.newService("web", nil, port("http", corev1.ProtocolTCP, 80, 30080), port("dns", corev1.ProtocolUDP, 53, 30053))
	c.ensure(service, 2)
	equal(t, "listeners", c.names(service), []string{"TCP 80", "UDP 53"})
	equal(t, "members", c.members(c.listeners(service)["UDP 53"]), []string{"10.9.0.1:30053", "10.9.0.2:30053"})
	c.end(service)
}
