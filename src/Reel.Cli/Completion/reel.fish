# Completions of reel for fish.
function __reel_complete
    set -l line (commandline --cut-at-cursor)
    reel complete -- "$line" 2>/dev/null
end
complete --command reel --arguments '(__reel_complete)'
