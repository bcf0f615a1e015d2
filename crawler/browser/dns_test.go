package browser

import (
	"context"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"trackaudit/classify/knowledge"
	"trackaudit/crawler/evidence"
	"trackaudit/testsites"
)

// nameServer answers for aliases; every other name has an address. The first answer to each question is noise.
func nameServer(t *testing.T, aliases map[string]string) (addr string, asked *atomic.Int32) {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	asked = new(atomic.Int32)
	go func() {
		buf := make([]byte, 4096)
		for {
			n, from, err := c.ReadFrom(buf)
			if err != nil {
				return
			}
			asked.Add(1)
			var m dnsmessage.Message
			if m.Unpack(buf[:n]) != nil || len(m.Questions) != 1 {
				continue
			}
			c.WriteTo([]byte("noise"), from)
			m.Response = true
			name := m.Questions[0].Name.String()
			for aliases[name] != "" {
				to := dnsmessage.MustNewName(aliases[name])
				m.Answers = append(m.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(name), Class: dnsmessage.ClassINET},
					Body: &dnsmessage.CNAMEResource{CNAME: to}})
				name = to.String()
				if len(m.Answers) > 30 {
					break
				}
			}
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(name), Class: dnsmessage.ClassINET},
				Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 1}}})
			if out, err := m.Pack(); err == nil {
				c.WriteTo(out, from)
			}
		}
	}()
	return c.LocalAddr().String(), asked
}

func TestAliases(t *testing.T) {
	addr, asked := nameServer(t, map[string]string{"a.plant.test.": "b.plant.test.", "b.plant.test.": "c.tracker.test.", "round.test.": "about.test.", "about.test.": "round.test."})
	r, err := newResolver(addr)
	if err != nil {
		t.Fatal(err)
	}
	for host, want := range map[string][]string{"a.plant.test": {"b.plant.test", "c.tracker.test"}, "plain.test": nil, "round.test": {"about.test", "round.test"}, strings.Repeat("x", 300): nil} {
		for range 2 {
			if got := r.aliases(context.Background(), host); !slices.Equal(got, want) {
				t.Errorf("%.20s: %v, want %v", host, got, want)
			}
		}
	}
	if n := asked.Load(); n != 3 {
		t.Errorf("the server was asked %d times, want 3: each name once", n)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	silent, _ := newResolver("127.0.0.1:9")
	if got := silent.aliases(ctx, "a.test"); got != nil {
		t.Errorf("nobody answers, and we got %v", got)
	}
	if got := nameserver(strings.NewReader("# x\nsearch y\nnameserver 192.0.2.7\nnameserver 192.0.2.8\n")); got != "192.0.2.7" {
		t.Errorf("nameserver = %q", got)
	}
	if r, _ := newResolver("2001:db8::1"); r.addr != "[2001:db8::1]:53" {
		t.Errorf("addr = %q", r.addr)
	}
}

// TestCloaked: a tracker behind a name of the site's own is named, though its requests and cookies are first-party.
func TestCloaked(t *testing.T) {
	addr, _ := nameServer(t, map[string]string{"metrics.plant.test.": "plant.collector.test.", "static.plant.test.": "www.plant.test."})
	b := own(t, "shell", func(o *Options) { o.Resolver = addr })
	web.plant.put("metrics.plant.test/m.js", "document.cookie='mid=1'; fetch('https://metrics.plant.test/collect')")
	web.plant.put("static.plant.test/s.js", "")
	v := visit(t, b, web.plant.put(plantSite+"/cloaked", document("<script src='https://metrics.plant.test/m.js'></script><script src='https://static.plant.test/s.js'></script>")), evidence.ChoiceNone)
	cloaked := 0
	for _, o := range v.Observations {
		if o.Source != "CNAME" {
			continue
		}
		if cloaked++; o.Host != "metrics.plant.test" || o.Party != evidence.FirstParty || !slices.Equal(o.Request.CNAMEs, []string{"plant.collector.test"}) {
			t.Errorf("%s %s %v", o.Host, o.Party, o.Request.CNAMEs)
		}
	}
	if cloaked != 2 { // the script and what it asked for
		t.Errorf("%d observations of the cloaked host, want 2: %+v", cloaked, v.Observations)
	}
}

// TestCloakedCapture: what is typed and goes to a tracker behind a name of the site's own was captured by the tracker; what
// goes to the site itself, or to a content network behind such a name, was not.
func TestCloakedCapture(t *testing.T) {
	facts, err := knowledge.Load(knowledge.Overlay{Name: "vendors", TSV: testsites.Vendors()}, knowledge.Overlay{Name: "cloak", TSV: []byte("cloak\tcollector.test\tgatherly\ttest\n")})
	if err != nil {
		t.Fatal(err)
	}
	addr, _ := nameServer(t, map[string]string{"metrics.plant.test.": "plant.collector.test.", "api.plant.test.": "plant.crate.test."})
	for _, resolver := range []string{addr, ""} {
		b := own(t, "shell", func(o *Options) { o.Resolver, o.Forms, o.Facts = resolver, true, facts })
		page := web.plant.put(plantSite+"/cloaked-form", document("<input name=mail><script src='https://metrics.plant.test/forms.js'></script>"))
		web.plant.put("metrics.plant.test/forms.js", `document.querySelector('input').addEventListener('input', e => {
for (const h of ['metrics', 'api', 'www']) fetch('https://' + h + '.plant.test/typed', {method: 'POST', mode: 'no-cors', body: e.target.value}) })`)
		v := visit(t, b, page, evidence.ChoiceNone)
		var captured []evidence.Observation
		for _, o := range v.Observations {
			if o.Technology == evidence.FormCapture {
				captured = append(captured, o)
			}
		}
		hosts := map[string]bool{}
		for _, f := range v.Flows {
			hosts[f.Host] = true
		}
		if len(hosts) != 3 {
			t.Errorf("flows to %v, want three hosts", hosts)
		}
		if resolver == "" {
			if len(captured) != 0 {
				t.Errorf("nobody was asked where names lead, and there is capture: %+v", captured)
			}
			continue
		}
		if len(captured) != 1 || captured[0].Host != "plant.collector.test" || captured[0].Party != evidence.ThirdParty ||
			captured[0].API.Details["under_name"] != "metrics.plant.test" || captured[0].Setter != "metrics.plant.test" {
			t.Errorf("captures: %+v", captured)
		}
	}
}
