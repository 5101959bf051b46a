package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/json"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"time"

	"duthi/bot"
	"duthi/core"
	"duthi/core/talk"
	"duthi/core/web"
	"duthi/core/zalo"
	"duthi/core/zalo/zalosim"
	"duthi/webapp"
)

// simPrefix is where the simulator is mounted when no Zalo app is configured.
const simPrefix = "/gia-lap-zalo"

// zaloSide is how the program reaches Zalo: as the app that is configured or, with the sample, as the simulator's.
type zaloSide struct {
	s      *services
	app    ZaloConfig
	sim    *zalosim.Sim // nil with a real app
	vault  zalo.Vault
	oauth  *zalo.OAuth
	client *zalo.Client

	mu      sync.Mutex
	keepers map[string]*zalo.Custodian // by OA
}

// newZaloSide makes the clients. Nothing is called yet.
func newZaloSide(s *services) *zaloSide {
	z := &zaloSide{s: s, app: s.cfg.Zalo, keepers: map[string]*zalo.Custodian{}}
	if z.app.AppID == "" && s.cfg.Sample != "off" {
		z.simulate()
	}
	z.vault = zalo.Vault{Seal: func(token string) (string, error) {
		box, err := json.Marshal(s.sealer.Seal("", "zalo_token", token))
		return string(box), err
	}, Open: func(box string) (string, error) {
		var v core.Sealed
		if err := json.Unmarshal([]byte(box), &v); err != nil {
			return "", err
		}
		return s.sealer.Open(v)
	}}
	z.oauth = zalo.NewOAuth(zalo.OAuthConfig{AppID: z.app.AppID, AppSecret: z.app.AppSecret, URL: z.app.OAuthURL,
		PKCE: zalo.PKCEMode(z.app.PKCE), StaticVerifier: z.app.PKCEVerifier})
	z.client = zalo.NewClient(z.clientConfig(z.token))
	return z
}

func (z *zaloSide) clientConfig(token zalo.TokenFunc) zalo.ClientConfig {
	return zalo.ClientConfig{Token: token, APIURL: z.app.APIURL, BusinessURL: z.app.APIURL, AppSecret: z.app.AppSecret,
		Proof: z.app.Proof == "on", Clock: z.s.clock}
}

// simulate puts a simulated Zalo in the place of an app. It forgets everything when the program stops, so its OA
// has a new number each time: what an older one left in the store is another OA's.
func (z *zaloSide) simulate() {
	n, err := rand.Int(rand.Reader, big.NewInt(1e17))
	if err != nil { // crypto/rand ends the program instead
		panic(err)
	}
	z.sim = &zalosim.Sim{OAID: "9" + n.Text(10), Log: z.s.log, Fonts: web.BaseFiles(), AppSecret: rand.Text(), OASecretKey: rand.Text()}
	z.sim.Stats() // fills in the rest
	z.app = ZaloConfig{AppID: z.sim.AppID, AppSecret: z.sim.AppSecret, OASecretKey: z.sim.OASecretKey, WebhookMode: string(zalo.ModeEnforce),
		APIURL: z.s.cfg.loopback + simPrefix + "/api", OAuthURL: z.s.cfg.loopback + simPrefix + "/api"}
}

// on reports whether there is a Zalo to speak with: an app, or the simulator beside the sample contest.
func (z *zaloSide) on() bool {
	if z.sim == nil {
		return z.app.AppID != ""
	}
	return z.simulating()
}

// simulating reports whether the contest at "/" is made up. Whoever opens the simulator can write as any of its
// people, ask for a sign-in link as them too: it must not stand beside a real contest.
func (z *zaloSide) simulating() bool {
	e, err := z.s.catalog.Edition("")
	return err == nil && e.Record.Sample
}

// oaID gives the OA spoken for: the simulator's, else that of the active contest's file, else the one that gave
// its consent; "" when there is none yet.
func (z *zaloSide) oaID(ctx context.Context) string {
	if z.sim != nil {
		return z.sim.OAID
	}
	if e, err := z.s.catalog.Edition(""); err == nil && e.Contest.Contacts.ZaloOAID != "" {
		return e.Contest.Contacts.ZaloOAID
	}
	grants, err := z.s.store.Grants(ctx, z.app.AppID)
	if err != nil || len(grants) == 0 {
		return ""
	}
	return grants[0].OAID
}

// custodian gives the keeper of the OA's tokens.
func (z *zaloSide) custodian(ctx context.Context) *zalo.Custodian {
	id := z.oaID(ctx)
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.keepers[id] == nil {
		z.keepers[id] = zalo.NewCustodian(zalo.CustodianConfig{OAuth: z.oauth, Store: z.s.store, OAID: id, Vault: z.vault, Clock: z.s.clock,
			Log: z.s.log, Alarm: func(a zalo.Alarm) { z.s.log.Error("zalo needs a person", "kind", a.Kind, "reason", a.Reason) }})
	}
	return z.keepers[id]
}

func (z *zaloSide) token(ctx context.Context, rejected string) (string, error) {
	return z.custodian(ctx).Token(ctx, rejected)
}

// keep renews the tokens when that is due: the jobs role does it. Nobody's consent yet is nothing to complain of.
func (z *zaloSide) keep(ctx context.Context) error {
	if !z.on() || z.oaID(ctx) == "" {
		return nil
	}
	k := z.custodian(ctx)
	st, err := k.Status(ctx)
	if core.Is(err, core.NotFound) || err == nil && st.State != zalo.GrantActive {
		return nil // the console says so
	}
	if err != nil {
		return err
	}
	return k.Keep(ctx)
}

// drain waits for refreshes under way, whose lost answer could cost the grant.
func (z *zaloSide) drain(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	z.mu.Lock()
	defer z.mu.Unlock()
	for _, k := range z.keepers {
		if err := k.Drain(ctx); err != nil {
			z.s.log.Warn("zalo refresh not waited for", "err", err)
		}
	}
}

// newBot makes the bot on the services.
func (z *zaloSide) newBot() *bot.Bot {
	return bot.New(bot.Options{
		Talk: z.s.talk, Account: z.s.account, Exam: z.s.exam, Edition: z.s.edition, Client: z.client,
		Webhook:  zalo.Webhook{AppID: z.app.AppID, Secret: z.app.OASecretKey, Mode: zalo.WebhookMode(z.app.WebhookMode), Clock: z.s.clock},
		Outreach: z.s.outreach, OAID: z.oaID,
		Revoked: func(ctx context.Context, reason string) error { return z.custodian(ctx).Revoked(ctx, reason) },
		Domain:  z.app.Verification, PublicURL: z.s.cfg.PublicURL, Clock: z.s.clock, Log: z.s.log,
	})
}

// pages gives what the pages know of Zalo; nil when there is none.
func (z *zaloSide) pages() *webapp.Zalo {
	if !z.on() {
		return nil
	}
	p := &webapp.Zalo{OAID: z.oaID, Mode: z.app.WebhookMode, Verification: z.app.Verification,
		Flow:   &zalo.ConsentFlow{OAuth: z.oauth, Store: z.s.store, Client: z.clientConfig(nil), Vault: z.vault, Clock: z.s.clock},
		Status: func(ctx context.Context) (zalo.Status, error) { return z.custodian(ctx).Status(ctx) }}
	if z.sim != nil {
		p.Simulator = simPrefix + "/"
	}
	return p
}

// register adds the webhook, and the simulator where there is one, to the server.
func (z *zaloSide) register(ctx context.Context, b *bot.Bot, server *web.Server) error {
	if err := b.Register(server); err != nil {
		return err
	}
	if z.sim == nil {
		return nil
	}
	z.sim.Webhook = server
	z.sim.PublicURL = simPrefix
	if e, err := z.s.catalog.Edition(""); err == nil {
		z.sim.OAName = cmp.Or(strings.TrimPrefix(e.Contest.Contacts.ZaloOA, "Zalo OA "), e.Contest.ShortTitle)
	}
	mux := http.NewServeMux()
	mux.Handle("/api/", http.StripPrefix("/api", z.sim.API()))
	mux.Handle("/", z.sim.Desk())
	server.Mount(simPrefix, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !z.simulating() { // a real contest was imported since the start
			http.NotFound(w, r)
			return
		}
		mux.ServeHTTP(w, r)
	}), zalo.MaxFile+1<<20)
	z.sim.AddPerson("An", "84912345678")
	z.sim.AddPerson("Bình", "84987654321")
	pair := z.sim.Tokens()
	return z.custodian(ctx).Adopt(ctx, zalo.Tokens{Access: pair.Access, Refresh: pair.Refresh})
}

// newTalk makes the conversations' service.
func (s *services) newTalk() *talk.Service {
	return talk.New(talk.Config{Inbox: s.store, Followers: s.store, Questions: s.store, Claims: s.store, Clock: s.clock, Log: s.log, Audit: s.audit.Append})
}
