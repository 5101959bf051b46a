package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"time"
)

// runVersion is the command version.
func runVersion(_ context.Context, args []string, io console) error {
	fs := flag.NewFlagSet("version", flag.ContinueOnError)
	fs.SetOutput(io.Err)
	fs.Usage = func() { printUsage("version", fs) }
	if err := fs.Parse(args); err != nil {
		return errUsage{err}
	}
	version, revision := "devel", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" && info.Main.Version != "(devel)" {
			version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value
			}
		}
		fmt.Fprintf(io.Out, "duthi %s%s %s\n", version, revision, info.GoVersion)
		return nil
	}
	fmt.Fprintf(io.Out, "duthi %s\n", version)
	return nil
}

// runHealth is the command health: it asks the server of the same settings whether it is useful. Images
// without a shell have nothing else to ask with.
func runHealth(ctx context.Context, args []string, io console) error {
	cfg, _, err := readConfig("health", args, io.Env, []string{"addr"}, nil, io.Err)
	if err != nil {
		return errUsage{err}
	}
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+localAddr(cfg.Addr)+"/readyz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", resp.Status)
	}
	fmt.Fprintln(io.Out, "ready")
	return nil
}

// localAddr turns a listener's wildcard into this machine.
func localAddr(addr string) string {
	if host, port, err := net.SplitHostPort(addr); err == nil && (host == "" || host == "0.0.0.0" || host == "::") {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return addr
}
