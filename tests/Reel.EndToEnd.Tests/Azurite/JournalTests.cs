using System.Diagnostics;

namespace Reel.EndToEnd.Tests.Azurite;

/// <summary>The journal that makes Azurite's tables durable, on disks that fail. Each script runs in a Node.js of its own, with the LokiJS that Azurite has.</summary>
public sealed class JournalTests
{
    /// <summary>A database with a journal, as Azurite opens its own, and files that fail when the script says so.</summary>
    private const string Prelude = """
        const [, package, folder] = process.argv;
        const assert = require("assert");
        const fs = require("fs/promises");
        const Loki = require(package + "/node_modules/lokijs");
        const { Journal } = require(package + "/journal.js");
        const { open } = fs;
        let fails = () => false;
        fs.open = async (name, ...rest) => {
          if (fails(name)) throw new Error("no space left");
          const file = await open(name, ...rest);
          const append = file.appendFile.bind(file);
          file.appendFile = async text => {
            if (!fails(name)) return append(text);
            await append(text.slice(0, 20));
            throw new Error("no space left");
          };
          return file;
        };
        async function start(before) {
          const db = new Loki(folder + "/db.json", { persistenceMethod: "fs" });
          const journal = new Journal(db, before);
          if (await fs.stat(folder + "/db.json").catch(() => null)) await new Promise(done => db.loadDatabase({}, done));
          const things = db.getCollection("things") ?? db.addCollection("things");
          await save(db);
          journal.watch();
          return { db, journal, things };
        }
        const save = db => new Promise((done, failed) => db.saveDatabase(error => error ? failed(error) : done()));
        const names = async () => (await start()).things.find().map(thing => thing.name);
        const journals = async () => (await fs.readdir(folder)).filter(name => name.includes("journal")).map(name => folder + "/" + name);

        """;

    [Fact]
    public Task A_write_that_failed_is_not_answered_before_it_is_on_disk_however_often_it_is_asked_for() => RunAsync("""
        const { journal, things } = await start();
        things.insert({ name: "before" });
        await journal.flush();
        fails = name => name.includes("journal");
        things.insert({ name: "failed" });
        await assert.rejects(journal.flush(), /no space/);
        await assert.rejects(journal.flush(), /no space/);
        assert.deepEqual(await names(), ["before"]);
        fails = () => false;
        await journal.flush();
        assert.deepEqual(await names(), ["before", "failed"]);
        """);

    [Fact]
    public Task A_write_that_waits_behind_a_failed_one_takes_its_changes_along() => RunAsync("""
        const { journal, things } = await start();
        let left = 1;
        fails = name => name.includes("journal") && left-- > 0;
        things.insert({ name: "first" });
        const first = journal.flush();
        await Promise.resolve().then(() => {});
        things.insert({ name: "second" });
        const answers = await Promise.allSettled([first, journal.flush()]);
        assert.deepEqual(answers.map(answer => answer.status), ["rejected", "fulfilled"]);
        assert.deepEqual(await names(), ["first", "second"]);
        """);

    [Fact]
    public Task A_snapshot_that_failed_loses_nothing() => RunAsync("""
        const { db, journal, things } = await start();
        things.insert({ name: "before" });
        await journal.flush();
        fails = name => name.endsWith("~");
        await assert.rejects(save(db), /no space/);
        things.insert({ name: "after" });
        await journal.flush();
        fails = () => false;
        assert.deepEqual(await names(), ["before", "after"]);
        """);

    [Fact]
    public Task An_unreadable_line_ends_its_file_and_not_the_start() => RunAsync("""
        const first = await start();
        first.things.insert({ name: "answered" });
        await first.journal.flush();
        const [file] = await journals();
        await fs.appendFile(file, '["things",2,{"na\0\0\0\0"}]\n["things",3,{"name":"never answered","$loki":3}]\n');
        assert.deepEqual(await names(), ["answered"]);
        """);

    [Fact]
    public Task What_documents_refer_to_is_on_disk_before_they_are() => RunAsync("""
        let held = Promise.resolve();
        const { journal, things } = await start(() => held);
        let release;
        held = new Promise(done => release = done);
        things.insert({ name: "refers" });
        const flushed = journal.flush();
        await new Promise(setImmediate);
        things.insert({ name: "refers to what is not settled yet" });
        assert.deepEqual(await journals(), []);
        release();
        await flushed;
        assert.deepEqual(await names(), ["refers"]);
        """);

    private static async Task RunAsync(string script)
    {
        var package = await AzuriteFixture.InstallAsync();
        using var node = Process.Start(new ProcessStartInfo("node", ["-e", $"{Prelude}(async () => {{\n{script}\n}})();", package, TestFolder.Create()])
        {
            RedirectStandardError = true,
        })!;
        var errors = await node.StandardError.ReadToEndAsync();
        await node.WaitForExitAsync();
        Assert.True(node.ExitCode == 0, errors);
    }
}
