# Completions of reel for fish.
function __reel_complete
    set -l words (reel complete -- (commandline --current-process --cut-at-cursor | string collect) 2>/dev/null)
    # Where nothing is known, files.
    if set -q words[1]
        printf '%s\n' $words
    else
        __fish_complete_path (commandline --current-token --cut-at-cursor)
    end
end
complete --command reel --no-files --arguments '(__reel_complete)'
