using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Reel.Settings;

/// <summary>Settings that stop the start when they are wrong, with a line that names them as they are set: <c>Section__Name</c>.</summary>
public static class SettingsSetup
{
    /// <summary>
    /// Binds a section and checks it at start: values that cannot be read, names that do not exist, and what the class's data annotations say.
    /// Values are not repeated in messages; a section may hold secrets.
    /// </summary>
    public static IServiceCollection AddSettings<T>(this IServiceCollection services, IConfiguration configuration, string section)
        where T : class
    {
        services.BindSettings<T>(configuration, section);
        return services.AddSingleton<IValidateOptions<T>>(new AnnotationsValidator<T>(section));
    }

    /// <summary>The same without the annotations, for a class that brings a validator of its own.</summary>
    public static OptionsBuilder<T> BindSettings<T>(this IServiceCollection services, IConfiguration configuration, string section)
        where T : class =>
        services.AddOptions<T>().Configure(options => Bind(configuration.GetSection(section), options)).ValidateOnStart();

    /// <summary>Binds a section into an object that has its defaults.</summary>
    /// <exception cref="OptionsValidationException">A name that does not exist, or a value that cannot be read.</exception>
    internal static void Bind<T>(IConfigurationSection section, T options)
        where T : class
    {
        var path = section.Path.Replace(":", "__", StringComparison.Ordinal);
        foreach (var setting in section.GetChildren())
        {
            var property = typeof(T).GetProperties().FirstOrDefault(p => p.Name.Equals(setting.Key, StringComparison.OrdinalIgnoreCase));
            if (property is null)
                throw Wrong<T>($"{path}__{setting.Key} is no setting; there are {string.Join(", ", typeof(T).GetProperties().Select(p => $"{path}__{p.Name}"))}.");

            // Set to nothing is not set.
            if (setting.Value is "" || (setting.Value is null && !setting.GetChildren().Any())) continue;

            // Azure hands a reference that it could not resolve to the app as it stands: as an API key, anyone could guess it.
            if (setting.GetDescendants().Any(value => value.StartsWith("@Microsoft.KeyVault(", StringComparison.OrdinalIgnoreCase)))
                throw Wrong<T>($"{path}__{property.Name} is a Key Vault reference that was not resolved; see the app's environment variables page.");

            if (property.GetValue(options) is INamedSettings named)
            {
                foreach (var one in setting.GetChildren())
                {
                    if (one.Value is { Length: > 0 }) throw Wrong<T>($"{path}__{property.Name}__{one.Key} has no value of its own, but settings under its name.");
                    named.Bind(one);
                }

                continue;
            }

            var unreadable = Wrong<T>($"{path}__{property.Name} must be {Describe(property.PropertyType)}.");

            // A bare number would be read as days, which hardly anybody means.
            if ((Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) == typeof(TimeSpan) && setting.Value?.Contains(':', StringComparison.Ordinal) is false) throw unreadable;

            try
            {
                property.SetValue(options, setting.Get(property.PropertyType));
            }
            catch (InvalidOperationException)
            {
                throw unreadable;
            }
        }
    }

    private static IEnumerable<string> GetDescendants(this IConfigurationSection section) =>
        section.GetChildren().SelectMany(child => child.GetDescendants()).Concat(section.Value is { } value ? [value] : []);

    private static OptionsValidationException Wrong<T>(string message) => new(Options.DefaultName, typeof(T), [message]);

    private static string Describe(Type type) => (Nullable.GetUnderlyingType(type) ?? type).Name switch
    {
        nameof(TimeSpan) => "a time span such as 00:00:30 (hours:minutes:seconds) or 7.00:00:00 (days first)",
        nameof(Boolean) => "true or false",
        nameof(Int32) or nameof(Int64) => "a whole number",
        nameof(Double) or nameof(Decimal) => "a number",
        var name => $"a {name}",
    };

    private sealed class AnnotationsValidator<T>(string section) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var results = new List<ValidationResult>();
            return Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true)
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(results.Select(result => $"{section}__{result.MemberNames.FirstOrDefault()}: {result.ErrorMessage}"));
        }
    }
}
