using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Moq;
using Reel.Functions.Api;
using Reel.Functions.Tests.Settings;
using Reel.Generations;
using Reel.Orchestration;

namespace Reel.Functions.Tests;

/// <summary>The functions that the host finds, against what Reel has to be run.</summary>
public sealed class FunctionTests
{
    private static readonly List<MethodInfo> Functions =
    [
        .. typeof(ApiFunction).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance))
            .Where(method => method.GetCustomAttribute<FunctionAttribute>() is not null),
    ];

    // The names in Reel, with their types.
    private static readonly Dictionary<string, (Type Kind, Type Input, Type Output)> Names = typeof(OrchestrationCatalog).Assembly.GetTypes()
        .SelectMany(type => type.GetMembers(BindingFlags.Public | BindingFlags.Static).Where(member => member.DeclaringType == type && !type.IsGenericType))
        .Select(member => member switch
        {
            FieldInfo field => field.GetValue(null),
            PropertyInfo property when property.GetIndexParameters().Length == 0 && IsName(property.PropertyType) => property.GetValue(null),
            _ => null,
        })
        .Where(value => value is not null && IsName(value.GetType()))
        .ToDictionary(
            value => (string)value!.GetType().GetProperty("Name")!.GetValue(value)!,
            value => (value!.GetType().GetGenericTypeDefinition(), value.GetType().GenericTypeArguments[0], value.GetType().GenericTypeArguments[1]));

    public static TheoryData<string> Activities => [.. ReelServices.CreateCatalog().Activities.Keys];

    public static TheoryData<string> Orchestrations => [.. ReelServices.CreateCatalog().Orchestrations.Keys];

    [Theory]
    [MemberData(nameof(Activities))]
    public void Every_activity_has_its_function(string name)
    {
        var function = Assert.Single(Functions, method => NameOf(method) == name);
        var (kind, input, output) = Names[name];

        var trigger = Assert.Single(function.GetParameters(), Has<ActivityTriggerAttribute>);
        Assert.Equal(typeof(ActivityName<,>), kind);
        Assert.Equal(input, trigger.ParameterType);
        Assert.Equal(typeof(Task<>).MakeGenericType(output), function.ReturnType);
        Assert.Contains(function.GetParameters(), parameter => parameter.ParameterType == typeof(CancellationToken));
    }

    [Theory]
    [MemberData(nameof(Orchestrations))]
    public void Every_orchestration_has_its_function(string name)
    {
        var function = Assert.Single(Functions, method => NameOf(method) == name);
        var (kind, _, output) = Names[name];

        // Anything else bound to it would be a reason to differ on a replay.
        var trigger = Assert.Single(function.GetParameters());
        Assert.True(Has<OrchestrationTriggerAttribute>(trigger));
        Assert.True(function.IsStatic);
        Assert.Equal(typeof(OrchestrationName<,>), kind);
        Assert.Equal(typeof(TaskOrchestrationContext), trigger.ParameterType);
        Assert.Equal(typeof(Task<>).MakeGenericType(output), function.ReturnType);
    }

    [Fact]
    public void No_function_is_of_anything_that_reel_does_not_have()
    {
        var catalog = ReelServices.CreateCatalog();

        Assert.Equal(Sorted(catalog.Activities.Keys), Sorted(With<ActivityTriggerAttribute>()));
        Assert.Equal(Sorted(catalog.Orchestrations.Keys), Sorted(With<OrchestrationTriggerAttribute>()));
        Assert.Equal(["Api"], With<HttpTriggerAttribute>());
        Assert.Equal(["Retention"], With<TimerTriggerAttribute>());
        Assert.Equal(catalog.Activities.Count + catalog.Orchestrations.Count + 2, Functions.Count);
    }

    [Fact]
    public void Functions_are_public_methods_of_public_classes_with_one_trigger_each()
    {
        Type[] triggers = [typeof(ActivityTriggerAttribute), typeof(OrchestrationTriggerAttribute), typeof(HttpTriggerAttribute), typeof(TimerTriggerAttribute)];

        Assert.All(Functions, method =>
        {
            Assert.True(method.IsPublic && method.DeclaringType!.IsPublic);
            Assert.Single(method.GetParameters().SelectMany(parameter => parameter.CustomAttributes), given => triggers.Contains(given.AttributeType));
        });
    }

    [Fact]
    public void The_api_takes_every_path_and_every_verb_from_anybody()
    {
        var function = Assert.Single(Functions, method => NameOf(method) == "Api");
        var request = Assert.Single(function.GetParameters(), Has<HttpTriggerAttribute>);

        Assert.Equal(typeof(HttpRequest), request.ParameterType);
        Assert.Equal(typeof(Task), function.ReturnType); // a result would be written over the answer
        Assert.Equal("{*path}", request.GetCustomAttribute<HttpTriggerAttribute>()!.Route);

        // As it is written: with verbs listed the host answers others with a bare 404.
        var written = Assert.Single(request.CustomAttributes, given => given.AttributeType == typeof(HttpTriggerAttribute));
        var argument = Assert.Single(written.ConstructorArguments);
        Assert.Equal((typeof(AuthorizationLevel), (int)AuthorizationLevel.Anonymous), (argument.ArgumentType, (int)argument.Value!));
        Assert.Equal(["Route"], written.NamedArguments.Select(named => named.MemberName));
    }

    [Fact]
    public void Durable_clients_are_bound_where_they_are_asked_for()
    {
        var clients = Functions.SelectMany(method => method.GetParameters()).Where(parameter => parameter.ParameterType == typeof(DurableTaskClient)).ToList();

        Assert.Equal(6, clients.Count); // the API, the purge, and the activities that ask the engine
        Assert.All(clients, parameter => Assert.True(Has<DurableClientAttribute>(parameter)));
    }

    [Fact]
    public void The_classes_of_the_functions_can_be_made()
    {
        using var app = FunctionsHost.Build(FunctionsHost.Minimal);
        using var scope = app.Services.CreateScope();

        Assert.All(
            Functions.Where(method => !method.IsStatic).Select(method => method.DeclaringType!).Distinct(),
            type => Assert.IsType(type, ActivatorUtilities.CreateInstance(scope.ServiceProvider, type)));
    }

    [Fact]
    public async Task Retention_purges_what_is_older_than_the_setting()
    {
        List<PurgeInstancesFilter> filters = [];
        using var stop = new CancellationTokenSource(); // before the storage is looked at
        var client = new Mock<DurableTaskClient>(MockBehavior.Strict, "Reel");
        client.Setup(c => c.PurgeAllInstancesAsync(It.IsAny<PurgeInstancesFilter>(), It.IsAny<CancellationToken>()))
            .Callback((PurgeInstancesFilter given, CancellationToken _) =>
            {
                filters.Add(given);
                if (given.CreatedFrom == DateTimeOffset.UnixEpoch) stop.Cancel();
            })
            .ReturnsAsync(new PurgeResult(3));
        using var app = FunctionsHost.Build([.. FunctionsHost.Minimal, ("Requests__Retention", "2.00:00:00")]);
        var before = TimeProvider.System.GetUtcNow();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            ActivatorUtilities.CreateInstance<RetentionFunction>(app.Services).RunAsync(new TimerInfo(), client.Object, stop.Token));

        Assert.Equal(TimeSpan.FromDays(2), app.Services.GetRequiredService<IOptions<RequestOptions>>().Value.Retention);
        Assert.InRange(filters[0].CreatedTo!.Value.AddDays(2), before.AddTicks(-1), TimeProvider.System.GetUtcNow());
    }

    private static bool IsName(Type type) =>
        type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(ActivityName<,>) || type.GetGenericTypeDefinition() == typeof(OrchestrationName<,>));

    private static string NameOf(MethodInfo function) => function.GetCustomAttribute<FunctionAttribute>()!.Name;

    private static bool Has<T>(ParameterInfo parameter)
        where T : Attribute => parameter.GetCustomAttribute<T>() is not null;

    private static IEnumerable<string> With<T>()
        where T : Attribute => Functions.Where(method => method.GetParameters().Any(Has<T>)).Select(NameOf);

    private static IEnumerable<string> Sorted(IEnumerable<string> names) => names.Order(StringComparer.Ordinal);
}
